import { afterAll, beforeAll } from 'vitest';
import type { Database } from './database.ts';
import { openDatabase } from './open-database.ts';
import { testAccepting } from './testing/accepting.fixture.ts';
import { createEmbeddedFolders, type EmbeddedFolders } from './testing/embedded-folder.fixture.ts';
import { testLanes } from './testing/lanes.fixture.ts';
import { testRetries } from './testing/retries.fixture.ts';
import { testState } from './testing/state.fixture.ts';

let folders: EmbeddedFolders;
let database: Database;

beforeAll(async () => {
  folders = await createEmbeddedFolders();
  database = await openDatabase({ folder: await folders.fresh(), reserve: 0 });
});
afterAll(async () => {
  await database.close();
  await folders.remove();
});

const stage = { database: () => database };
testAccepting(stage);
testLanes(stage);
testRetries(stage);
testState(stage);
