import { afterAll, beforeAll, describe } from 'vitest';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';
import { testAccepting } from './testing/accepting.fixture.ts';
import { testLanes } from './testing/lanes.fixture.ts';
import {
  POSTGRES_MISSING,
  startPostgres,
  type PostgresServer,
} from './testing/postgres-server.fixture.ts';
import { testRetries } from './testing/retries.fixture.ts';
import { testState } from './testing/state.fixture.ts';

describe.skipIf(POSTGRES_MISSING)('on PostgreSQL', () => {
  let server: PostgresServer;
  let database: Database;

  beforeAll(async () => {
    server = await startPostgres();
    database = await openDatabase({ url: await server.freshUrl() });
  });
  afterAll(async () => {
    await database.close();
    await server.remove();
  });

  const stage = { database: () => database };
  testAccepting(stage);
  testLanes(stage);
  testRetries(stage);
  testState(stage);
});
