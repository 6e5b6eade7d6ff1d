/**
 * The tables, as steps that are only ever added to: step n brings a database from version n to n + 1. A step must
 * work while processes of the version before it still run, because replicas are replaced one by one.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    // What came in and waits, and the keys of what was handled, so that a repeated delivery is known.
    `create table lastgood.item (
       id bigint generated always as identity primary key,
       lane text collate "C" not null,
       key text collate "C",
       kind text not null,
       name text,
       priority smallint not null,
       payload text not null,
       size integer not null,
       state text not null check (state in ('waiting', 'later', 'dead', 'handled')),
       arrived_at float8 not null,
       due_at float8,
       settled_at float8,
       told_at float8,
       tries smallint not null default 0,
       alone boolean not null default false,
       error text
     )`,
    'create unique index item_key on lastgood.item (lane, key)',
    `create index item_waiting on lastgood.item (lane, priority desc, id) where state = 'waiting'`,
    `create index item_later on lastgood.item (due_at) where state = 'later'`,
    `create index item_dead on lastgood.item (id) where state = 'dead'`,
    `create index item_handled on lastgood.item (settled_at) where state = 'handled'`,
    // Who works a lane, until when, and since when it rests. The fence grows with every hand-over.
    `create table lastgood.lane (
       name text collate "C" primary key,
       holder text,
       fence bigint not null default 0,
       lease_until float8,
       served_at float8 not null default 0,
       paused_until float8,
       pauses integer not null default 0,
       pause_why text
     )`,
    `create table lastgood.timer (
       lane text collate "C" not null,
       name text collate "C" not null,
       due_at float8 not null,
       priority smallint not null,
       payload text not null,
       primary key (lane, name)
     )`,
    'create index timer_due on lastgood.timer (due_at)',
    `create table lastgood.document (
       lane text collate "C" not null,
       kind text collate "C" not null,
       key text collate "C" not null,
       value text not null,
       updated_at float8 not null,
       primary key (lane, kind, key)
     )`,
    'create table lastgood.tick (name text collate "C" primary key, slot float8 not null)',
  ],
  [
    // Who worked a lane last, up to which fence, and the fence at which it began to without anybody in between.
    `alter table lastgood.lane
       add column last_holder text, add column last_fence bigint, add column stretch bigint`,
  ],
  [
    // Items that came together lie in one row, in a state that a process of an earlier version leaves alone.
    `alter table lastgood.item add column many integer not null default 1,
       drop constraint item_state_check,
       add constraint item_state_check check (state in ('waiting', 'bundled', 'later', 'dead', 'handled'))`,
    `create index item_ready on lastgood.item (lane, priority desc, id) where state in ('waiting', 'bundled')`,
    'drop index lastgood.item_waiting',
  ],
];
