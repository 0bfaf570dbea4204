import type { AsyncApiDocument, EventOperation } from '../../contract/documents/asyncapi.ts';
import type { OpenApiDocument, OperationObject } from '../../contract/documents/openapi-types.ts';
import { type Html, html } from '../../http/html.ts';
import { page } from './page.ts';
import { schemaTable } from './schema-table.ts';

interface Entry {
  method: string;
  path: string;
  operation: OperationObject;
}

/** `/docs`: both documents as one page, without scripts or external resources. */
export function docsPage(openApi: OpenApiDocument, asyncApi: AsyncApiDocument): string {
  const entries: Entry[] = Object.entries(openApi.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  );
  const tags = openApi.tags.map(({ name }) => ({
    name,
    entries: entries.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const events = Object.entries(asyncApi.operations);
  const webhooks = Object.entries(openApi.webhooks);
  return page(
    'Foyer API reference',
    html`<nav><a href="/"><strong>Foyer</strong></a>
${tags.map(({ name }) => html`<a href="#${name}">${name}</a>`)}
<a href="#events">events</a><a href="#webhooks">webhooks</a><a href="/openapi.json">OpenAPI</a><a href="/asyncapi.json">AsyncAPI</a></nav>
<main class="docs">
<h1>API reference <small>${openApi.info.version}</small></h1>
<p>${openApi.info.description} Errors are problem documents (RFC 9457) with a stable <code>code</code>.</p>
${tags.map(
  (tag) => html`<section id="${tag.name}"><h2>${tag.name}</h2>${tag.entries.map(route)}</section>`,
)}
<section id="events"><h2>events</h2><p>${asyncApi.info.description}</p>
${events.map(([, operation]) => event(asyncApi, operation))}</section>
<section id="webhooks"><h2>webhooks</h2><p>Requests to the URLs of webhook subscriptions, by type.</p>
${webhooks.map(([type, { post }]) => route({ method: 'post', path: type, operation: post }))}</section>
</main>`,
  );
}

function route({ method, path, operation }: Entry): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return html`<details id="${operationId}"><summary><span class="verb ${method}">${method}</span>
<code>${path}</code><span>${summary}</span></summary>
<p>${description} <small>${operationId}</small></p>
${parameters.length > 0 ? html`<h3>Parameters</h3>${parameterTable(operation)}` : undefined}
${
  requestBody
    ? html`<h3>Body</h3>${schemaTable(requestBody.content['application/json']?.schema)}`
    : undefined
}
<h3>Responses</h3>
${Object.entries(responses).map(
  ([status, { description, content = {} }]) =>
    html`<div class="answer"><b class="s${status.charAt(0)}">${status}</b><div><p class="text">${
      description
    }</p>${schemaTable(content['application/json']?.schema)}</div></div>`,
)}</details>`;
}

const parameterTable = ({ parameters }: OperationObject): Html =>
  schemaTable({
    properties: Object.fromEntries(
      parameters.map(({ name, in: where, description, schema }) => [
        name,
        {
          ...schema,
          description: [`in ${where}`, ...(description ? [description] : [])].join(' · '),
        },
      ]),
    ),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  });

function event(document: AsyncApiDocument, operation: EventOperation): Html {
  const received = operation.action === 'receive';
  const message = find(document, operation.messages[0]?.$ref);
  const ack = find(document, operation.reply?.messages[0]?.$ref);
  return html`<details><summary><span class="verb ${operation.action}">${
    received ? 'client → server' : 'server → client'
  }</span><code>${message?.name}</code><span>${operation.summary}</span></summary>
${operation.description ? html`<p>${operation.description}</p>` : undefined}
<h3>Payload</h3>${schemaTable(message?.payload)}
${ack ? html`<h3>Ack</h3>${schemaTable(ack.payload)}` : undefined}</details>`;
}

/** `#/channels/<channel>/messages/<id>` */
function find({ channels }: AsyncApiDocument, reference = '') {
  const [, , channel = '', , id = ''] = reference.split('/');
  return channels[channel]?.messages[id];
}
