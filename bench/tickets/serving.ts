import { randomUUID } from 'node:crypto';
import { ownCores } from '../measure/pace.ts';
import { spreadOf } from '../measure/percentiles.ts';
import { openRawHttp, type RawHttp } from '../measure/raw-http.ts';
import type { Load, ServeTask } from './generator-messages.ts';

/** Staff who call and complete as fast as they are answered, or people who take tickets. */
export async function openServing(task: ServeTask): Promise<Load> {
  const { mode, port, tokens, queueId, counterIds, warmUpSeconds, seconds } = task;
  const connections = await Promise.all(counterIds.map(() => openRawHttp(port)));
  const errors: Record<string, number> = {};
  let calls: number[] = [];
  let done = 0;
  let isOver = false;

  /** As the client sends it: with a key of its own, and for staff with a token. */
  async function post(connection: RawHttp, path: string, body: object, token?: string) {
    const began = performance.now();
    const { status, text } = await connection.post(
      path,
      `idempotency-key: ${randomUUID()}\r\n${token ? `authorization: Bearer ${token}\r\n` : ''}`,
      JSON.stringify(body),
    );
    calls.push(performance.now() - began);
    if (status === 200 || status === 201) return JSON.parse(text);
    errors[status] = (errors[status] ?? 0) + 1;
    return undefined;
  }
  async function cycle(connection: RawHttp, counterId: string, token = ''): Promise<void> {
    const path = `/v1/counters/${counterId}/call-next`;
    const ticket = await post(connection, path, { start: true }, token);
    if (!ticket) return;
    const { id, version } = ticket;
    if (await post(connection, `/v1/tickets/${id}/complete`, { version }, token)) done += 1;
  }
  async function create(connection: RawHttp): Promise<void> {
    const body = { customerName: 'Somebody' };
    if (await post(connection, `/v1/queues/${queueId}/tickets`, body)) done += 1;
  }

  return {
    watchers: 0,
    async run(onWarm) {
      let cores = () => 0;
      const warm = setTimeout(() => {
        calls = [];
        done = 0;
        cores = ownCores();
        onWarm();
      }, warmUpSeconds * 1000);
      const ending = new Promise<ReturnType<typeof reportOf>>((resolve) =>
        setTimeout(
          () => {
            isOver = true;
            resolve(reportOf(cores()));
          },
          (warmUpSeconds + seconds) * 1000,
        ),
      );
      const reportOf = (used: number) => ({
        kind: 'served' as const,
        ...{ done, calls: spreadOf(calls), errors, cores: used },
      });
      await Promise.all(
        connections.map(async (connection, at) => {
          const counterId = counterIds[at] ?? '';
          while (!isOver)
            await (mode === 'cycles'
              ? cycle(connection, counterId, tokens[at])
              : create(connection));
        }),
      );
      clearTimeout(warm);
      return ending;
    },
  };
}
