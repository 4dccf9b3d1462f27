// Brings the local databases up to date: what `wrangler d1 migrations apply` does, over Miniflare's own API.

import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/**
 * Whether Miniflare's HTTP client tripped over itself (`AssertionError: false == true`, seen on a busy machine when
 * workerd had just started): it looked for an answer before it was there. From then on it is one answer behind and gives
 * each call the answer to the one before, so only another Miniflare helps.
 */
export const isLostAnswer = (error) => error?.code === "ERR_ASSERTION" || error?.cause?.code === "ERR_ASSERTION";

/** Applies edge/migrations as `wrangler d1 migrations apply` does: same table, same names, file and record in one batch. */
export async function applyMigrations(mf, wrangler, config) {
  const toml = wrangler.unstable_readConfig({ config: config.wranglerConfig });
  let applied = 0;
  for (const { binding, migrations_dir, migrations_table = "d1_migrations" } of toml.d1_databases) {
    const folder = path.resolve(path.dirname(config.wranglerConfig), migrations_dir ?? "migrations");
    const files = sqlFiles(folder);
    if (files.length === 0) continue;
    const db = await mf.getD1Database(binding);
    await db.prepare(createTable(migrations_table)).run();
    const { results } = await db.prepare(`SELECT name FROM ${migrations_table}`).all();
    const known = new Set(results.map((row) => row.name));
    for (const name of files.filter((name) => !known.has(name))) {
      const statements = wrangler.unstable_splitSqlQuery(readFileSync(path.join(folder, name), "utf8"));
      const record = db.prepare(`INSERT INTO ${migrations_table} (name) VALUES (?)`).bind(name);
      try {
        await db.batch([...statements.map((sql) => db.prepare(sql)), record]);
      } catch (error) {
        if (isLostAnswer(error)) throw error;
        throw new Error(`migration ${name} failed and was rolled back: ${error.cause?.message ?? error.message}`);
      }
      applied += 1;
    }
  }
  return applied;
}

const createTable = (table) => `CREATE TABLE IF NOT EXISTS ${table}(
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		name       TEXT UNIQUE,
		applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/** Names in the order of their leading number, as wrangler sorts them. */
function sqlFiles(folder) {
  let names;
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".sql"));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
  return names.sort().sort((a, b) => parseInt(a, 10) - parseInt(b, 10));
}
