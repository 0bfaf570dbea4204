import { commands, pushes } from '../catalogue.ts';
import {
  type CommandDefinition,
  type Namespace,
  namespacesOf,
  type PushDefinition,
} from '../define.ts';
import { socketError } from '../problem.ts';
import { type JsonSchema, jsonSchemaOf } from './json-schema.ts';

interface MessageObject {
  name: string;
  title: string;
  payload: JsonSchema;
}
interface Reference {
  $ref: string;
}
export interface EventOperation {
  /** `receive`: a client sends it to the server. `send`: the server pushes it to clients. */
  action: 'send' | 'receive';
  channel: Reference;
  summary: string;
  description?: string;
  messages: Reference[];
  reply?: { channel: Reference; messages: Reference[] };
}
export interface AsyncApiDocument {
  asyncapi: string;
  info: { title: string; version: string; description: string };
  servers: Record<string, Record<string, unknown>>;
  channels: Record<
    string,
    { address: string; description: string; messages: Record<string, MessageObject> }
  >;
  operations: Record<string, EventOperation>;
  components: Record<string, Record<string, unknown>>;
}

const CHANNELS: Record<Namespace, { name: string; description: string }> = {
  '/': {
    name: 'main',
    description: 'Namespace `/`. Send an access token in the handshake: `auth: { token }`.',
  },
  '/public': { name: 'public', description: 'Namespace `/public`. Read-only; no authentication.' },
};

/** The AsyncAPI 3.0 document of every socket.io event in both directions, including the acks. */
export function asyncApi(version: string, url: string): AsyncApiDocument {
  const { host, protocol } = new URL(url);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Foyer events',
      version,
      description:
        'Events over socket.io at /socket.io (WebSocket transport only). The server acknowledges every client event.',
    },
    servers: {
      default: {
        host,
        protocol: protocol === 'https:' ? 'wss' : 'ws',
        pathname: '/socket.io',
        security: [{ $ref: '#/components/securitySchemes/token' }],
      },
    },
    channels: channels(),
    operations: Object.fromEntries([
      ...commands.flatMap((command) =>
        namespacesOf(command).map((namespace, at) => [
          operationId('receive', command.event, namespace, at),
          commandOperation(command, namespace),
        ]),
      ),
      ...pushes.flatMap((push) =>
        namespacesOf(push).map((namespace, at) => [
          operationId('send', push.event, namespace, at),
          pushOperation(push, namespace),
        ]),
      ),
    ]),
    components: {
      securitySchemes: {
        token: { type: 'userPassword', description: 'An access token in `auth.token`.' },
      },
      schemas: { Error: jsonSchemaOf(socketError, 'output') },
    },
  };
}

/** An event of two namespaces is two operations; the first has the plain name. */
const operationId = (action: string, event: string, namespace: Namespace, at: number) =>
  at === 0 ? `${action}.${event}` : `${action}.${CHANNELS[namespace].name}.${event}`;

function channels(): AsyncApiDocument['channels'] {
  const found: AsyncApiDocument['channels'] = {};
  const add = (namespace: Namespace, id: string, message: MessageObject) => {
    const { name, description } = CHANNELS[namespace];
    found[name] ??= { address: namespace, description, messages: {} };
    found[name].messages[id] = message;
  };
  for (const command of commands)
    for (const namespace of namespacesOf(command)) {
      const { event, summary, payload, data } = command;
      add(namespace, event, {
        name: event,
        title: summary,
        payload: jsonSchemaOf(payload, 'input'),
      });
      add(namespace, `${event}.ack`, {
        name: `${event}.ack`,
        title: `Acknowledges ${event}`,
        payload: ackOf(jsonSchemaOf(data, 'output')),
      });
    }
  for (const push of pushes)
    for (const namespace of namespacesOf(push))
      add(namespace, `${push.event}.push`, {
        name: push.event,
        title: push.summary,
        payload: jsonSchemaOf(push.payload, 'output'),
      });
  return found;
}

const ackOf = (data: JsonSchema): JsonSchema => ({
  oneOf: [
    {
      type: 'object',
      properties: { ok: { const: true }, data },
      required: ['ok', 'data'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { ok: { const: false }, error: { $ref: '#/components/schemas/Error' } },
      required: ['ok', 'error'],
      additionalProperties: false,
    },
  ],
});

const channelRef = (namespace: Namespace) => ({ $ref: `#/channels/${CHANNELS[namespace].name}` });
/** JSON Pointer escapes `/` as `~1`. Our event names contain no `/`. */
const messageRef = (namespace: Namespace, id: string) => ({
  $ref: `#/channels/${CHANNELS[namespace].name}/messages/${id}`,
});

function commandOperation(command: CommandDefinition, namespace: Namespace): EventOperation {
  const { event, summary, errors = [] } = command;
  const codes = ['request.invalid', 'rate.limited', 'service.unavailable', ...errors];
  return {
    action: 'receive',
    channel: channelRef(namespace),
    summary,
    description: `Error codes in the ack: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    messages: [messageRef(namespace, event)],
    reply: {
      channel: channelRef(namespace),
      messages: [messageRef(namespace, `${event}.ack`)],
    },
  };
}

const pushOperation = (
  { event, summary }: PushDefinition,
  namespace: Namespace,
): EventOperation => ({
  action: 'send',
  channel: channelRef(namespace),
  summary,
  messages: [messageRef(namespace, `${event}.push`)],
});
