/**
 * The port to the database: one dialect, PostgreSQL's, on either kind. Instants are stored as `float8`, payloads as
 * JSON text, so that both drivers give back the same JavaScript values.
 */
export type Parameter =
  | string
  | number
  | boolean
  | null
  | readonly (string | null)[]
  | readonly (number | null)[]
  | readonly (boolean | null)[];

export interface Queries {
  /** Runs one statement and answers its rows. */
  query<Row>(sql: string, parameters?: readonly Parameter[]): Promise<Row[]>;
}

export interface Database extends Queries {
  /** `embedded`: PGlite in a folder, for one process. `postgres`: a server, for any number of replicas. */
  readonly kind: 'embedded' | 'postgres';
  /**
   * Runs the work in one transaction: all of it is durable when this resolves, none of it when it rejects. The work
   * may be run again when the database asks for it (a deadlock), so it does nothing but query, and only through the
   * argument: on the embedded database anything else would wait for itself.
   */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
  /** Throws {@link StoreUnavailable} when the disk is so full that something new should not be taken. */
  assertRoom(): void;
  /** Makes the room of a table's deleted rows usable again, where the database does not do that by itself. */
  vacuum(table: string): Promise<void>;
  /** Waits for what runs, then closes. What is asked for later is refused. */
  close(): Promise<void>;
}
