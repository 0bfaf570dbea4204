/** Text that a new domain adds to a file of the tree, right behind `after`, which occurs once. */
export interface Insertion {
  file: string;
  after: string;
  text: string;
}

/** Everything that the domain `bells` needs in files that exist: one list a layer, and its bounds. */
export const insertions: readonly Insertion[] = [
  {
    file: 'config.ts',
    after: '  blocksPerUser: 1_000,\n',
    text: '  bellsPerUser: 3,\n  bellRingSeconds: 1,\n  bellDays: 30,\n',
  },
  {
    file: 'contract/domains.ts',
    after: "import * as accounts from './accounts.ts';\n",
    text: "import * as bells from './bells.ts';\n",
  },
  {
    file: 'contract/domains.ts',
    after: 'export const domains = {\n  accounts,\n',
    text: '  bells,\n',
  },
  {
    file: 'jobs/domains.ts',
    after: "import * as accounts from './accounts.ts';\n",
    text: "import * as bells from './bells.ts';\n",
  },
  {
    file: 'jobs/domains.ts',
    after: 'export const domains = {\n  accounts,\n',
    text: '  bells,\n',
  },
  {
    file: 'db/domains.ts',
    after: "import { storage as accounts } from './accounts/storage.ts';\n",
    text: "import { storage as bells } from './bells/storage.ts';\n",
  },
  {
    file: 'db/domains.ts',
    after: 'export const domains = {\n  accounts,\n',
    text: '  bells,\n',
  },
  {
    file: 'server/domains.ts',
    after: "import { createAccounts } from './accounts/domain.ts';\n",
    text: "import { createBells } from './bells/domain.ts';\n",
  },
  {
    file: 'server/domains.ts',
    after: '  accounts: createAccounts,\n',
    text: '  bells: createBells,\n',
  },
  {
    file: 'workers/domains.ts',
    after: "import { domain as accounts } from './accounts/domain.ts';\n",
    text: "import { domain as bells } from './bells/domain.ts';\n",
  },
  { file: 'workers/domains.ts', after: 'export const domains = { accounts, ', text: 'bells, ' },
  {
    file: 'workers/domains.ts',
    after: '  ...accounts.processors,\n',
    text: '  ...bells.processors,\n',
  },
  {
    file: 'dashboards/domains.ts',
    after: "import { accounts } from './accounts/panel.ts';\n",
    text: "import { bells } from './bells/panel.ts';\n",
  },
  {
    file: 'dashboards/domains.ts',
    after: 'export const domains = [matchmaking, accounts',
    text: ', bells',
  },
  {
    file: 'client/domains.ts',
    after: "import { accounts } from './accounts/domain.ts';\n",
    text: "import { bells } from './bells/domain.ts';\n",
  },
  { file: 'client/domains.ts', after: 'export const domains = [accounts, ', text: 'bells, ' },
];
