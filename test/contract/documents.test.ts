import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { isRaw } from '../../contract/answers.ts';
import { commands, pushes, routes } from '../../contract/catalogue.ts';
import {
  type CommandDefinition,
  namespacesOf,
  type PushDefinition,
} from '../../contract/define.ts';
import { asyncApi } from '../../contract/documents/asyncapi.ts';
import { codesOf } from '../../contract/documents/openapi/responses.ts';
import { openApi } from '../../contract/documents/openapi.ts';
import type { OperationObject } from '../../contract/documents/openapi-types.ts';
import { problemOf } from '../../contract/errors.ts';
import { createValidator } from './validator.ts';

const document = openApi('1.2.3', 'https://foyer.example');
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);
const operationOf = (path: string, method: string) =>
  document.paths[path]?.[method] as OperationObject;

describe('the OpenAPI document', () => {
  it('has every route of the catalogue once', () => {
    const listed = operations
      .filter(({ operation }) => !operation.operationId.startsWith('pages.'))
      .map(({ path, method }) => `${method} ${path}`);
    expect(listed).to.have.members(routes.map(({ method, path }) => `${method} ${path}`));
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  it('declares every path parameter', () => {
    for (const { path, operation } of operations) {
      const holes = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const named = operation.parameters.filter((each) => each.in === 'path').map((p) => p.name);
      expect(named, path).to.have.members(holes);
    }
  });

  it('contains only valid schemas', () => {
    const { compileAll } = createValidator(document);
    expect(compileAll()).to.be.greaterThan(routes.length);
  });

  it('documents the errors of a route and their headers', () => {
    for (const route of routes) {
      const { responses } = operationOf(route.path, route.method);
      for (const code of codesOf(route)) {
        const response = responses[problemOf(code).status];
        expect(response?.description, `${route.path} ${code}`).to.contain(code);
        expect(response?.content).to.have.property('application/problem+json');
        expect(response?.headers).to.have.property('x-request-id');
      }
    }
  });

  it('documents Idempotency-Key where the contract allows it', () => {
    for (const { method, path } of routes) {
      const expected = method === 'post' && !/^\/(v1\/auth|webhooks)\//.test(path);
      const names = operationOf(path, method).parameters.map(({ name }) => name);
      expect(names.includes('Idempotency-Key'), `${method} ${path}`).to.equal(expected);
    }
  });

  it('requires a bearer token where the contract requires a sign-in', () => {
    for (const { access, method, path } of routes) {
      const { security } = operationOf(path, method);
      const open = security.length === 0 || security.some((each) => Object.keys(each).length === 0);
      expect(open, path).to.equal(access === 'public');
    }
  });

  it('keeps each kind of route to its rules', () => {
    for (const route of routes) {
      const { path, method, access, anyOrigin, etag, query, responses, body } = route;
      if (isRaw(body)) expect(route.idempotent, path).to.not.equal(true);
      if (anyOrigin) expect([method, access], path).to.deep.equal(['get', 'public']);
      if (etag) expect(method, path).to.equal('get');
      const hasTable = Object.values(responses).some(
        (kind) => kind !== null && 'kind' in kind && kind.kind === 'table',
      );
      if (hasTable) expect(query?.safeParse({ format: 'csv' }).success, path).to.equal(true);
    }
  });

  it('does not require fields that have a default', () => {
    const join = operationOf('/v1/match-requests', 'post').requestBody;
    const schema = join?.content['application/json']?.schema;
    expect(schema?.required).to.deep.equal(['native', 'practice']);
    expect(schema?.['additionalProperties']).to.equal(false);
  });
});

describe('the AsyncAPI document', () => {
  const events = asyncApi('1.2.3', 'https://foyer.example');

  it('has every event with its direction and every command with its ack', () => {
    // An event of both namespaces is two operations.
    const twice = (action: string, each: CommandDefinition | PushDefinition) =>
      namespacesOf(each).map((_, at) => `${action}${at > 0 ? '.public' : ''}.${each.event}`);
    const names = [
      ...commands.flatMap((command) => twice('receive', command)),
      ...pushes.flatMap((push) => twice('send', push)),
    ];
    expect(names).to.include.members(['send.resync', 'send.public.resync']);
    expect(Object.keys(events.operations)).to.have.members(names);
    for (const { event } of commands) {
      expect(events.operations[`receive.${event}`]?.reply?.messages).to.have.lengthOf(1);
    }
  });

  it('contains no dangling references', () => {
    const text = JSON.stringify(events);
    for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], events);
      expect(target, pointer).to.be.an('object');
    }
  });

  it('contains only valid schemas', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const { messages } of Object.values(events.channels)) {
      for (const { payload } of Object.values(messages)) {
        ajv.compile({ ...payload, components: events.components });
      }
    }
  });
});
