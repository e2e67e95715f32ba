import pg from "pg";
import { hashPassword } from "@/server/access/password";

export interface SeedSizes {
  prompts: number;
  /** Tasks, one a prompt; all of them are open, since each asks for two labels more than it has. */
  tasks: number;
  labels: number;
  people: number;
}

export interface Seeded {
  projectId: string;
  slug: string;
  adminId: string;
  annotatorIds: string[];
}

export const SLUG = "bench";
/** The labels that each task still wants when the load begins. */
const OPEN_PLACES = 2;
const SENTENCES = [
  "The committee met twice in the spring and could not agree on a date. ",
  "A heat pump moves warmth from the colder side to the warmer one, which takes work. ",
  "Sort the list first, so that equal entries stand beside each other; then count them. ",
  "Nobody had told her that the last ferry left at seven, and the harbour was already dark. ",
  "If the denominator is zero, the limit must be taken from both sides. ",
  "Simmer the lentils until they are soft, add lemon and salt, and let them rest. ",
  "The library returns a promise, which is rejected where the server can't be reached. ",
  "In short: write down what you know, then what you need, and only then the steps. ",
  "Es gibt keinen Grund zur Eile. ",
  "The museum is closed on Mondays, except in August. ",
];

/**
 * Fills an empty, migrated database with a project of the given size. Everything is made by SQL from series of numbers,
 * without foreign keys being checked, so that a million labels take minutes. The rows are those that the site itself
 * would have written, texts have the lengths of real ones (prompts of 40 to 600 characters, completions of 200 to 1,600), and
 * of the labels one in a hundred is withdrawn and one in a hundred corrected.
 *
 * A part that a further measurement needs (runs, dataset versions, scores) is another function like `seedLabels`, called
 * here before `ANALYZE`; it may rely on the project, the people and all rows of the parts before it.
 */
export async function seed(url: string, sizes: SeedSizes, say: (line: string) => void): Promise<Seeded> {
  const client = new pg.Client({ connectionString: url, options: "-c timezone=UTC" });
  await client.connect();
  try {
    const known = await readSeeded(client);
    if (known) return known;
    await client.query("SET session_replication_role = replica; SET synchronous_commit = off");
    for (const [name, part] of Object.entries({ seedPeople, seedPrompts, seedTasks, seedLabels })) {
      const begun = performance.now();
      await client.query("BEGIN");
      await part(client, sizes);
      await client.query("COMMIT");
      say(`${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    }
    await client.query("SET session_replication_role = DEFAULT");
    await client.query("VACUUM ANALYZE");
    await client.query("CHECKPOINT");
    const seeded = await readSeeded(client);
    if (!seeded) throw new Error("the project was not made");
    return seeded;
  } finally {
    await client.end();
  }
}

async function readSeeded(client: pg.Client): Promise<Seeded | null> {
  const { rows } = await client.query<{ id: string }>(`SELECT "id" FROM "Project" WHERE "slug" = $1`, [SLUG]);
  const [project] = rows;
  if (!project) return null;
  const people = await client.query<{ userId: string; role: string }>(
    `SELECT "userId", "role" FROM "Membership" WHERE "projectId" = $1 ORDER BY "userId"`,
    [project.id],
  );
  const admin = people.rows.find(({ role }) => role === "admin");
  if (!admin) throw new Error("the project has no admin");
  const annotators = people.rows.filter(({ role }) => role === "annotator");
  return {
    projectId: project.id,
    slug: SLUG,
    adminId: admin.userId,
    annotatorIds: annotators.map(({ userId }) => userId),
  };
}

async function seedPeople(client: pg.Client, { people }: SeedSizes): Promise<void> {
  const passwordHash = await hashPassword("bench password");
  await client.query(
    `INSERT INTO "User" ("id", "email", "name", "passwordHash", "instanceRole")
     SELECT uuidv7(), 'person' || n || '@bench.example', 'Person ' || n, $2, CASE WHEN n = 0 THEN 'admin' ELSE 'member' END::"InstanceRole"
     FROM generate_series(0, $1::int) n`,
    [people, passwordHash],
  );
  await client.query(
    `INSERT INTO "Project" ("id", "slug", "name", "createdById")
     SELECT uuidv7(), $1, 'Bench', "id" FROM "User" WHERE "instanceRole" = 'admin'`,
    [SLUG],
  );
  await client.query(
    `INSERT INTO "Membership" ("projectId", "userId", "role")
     SELECT p."id", u."id", CASE WHEN u."instanceRole" = 'admin' THEN 'admin' ELSE 'annotator' END::"ProjectRole"
     FROM "User" u, "Project" p`,
  );
  await client.query(
    `INSERT INTO "GuidelineVersion" ("id", "projectId", "version", "markdown", "authorId")
     SELECT uuidv7(), "id", 1, 'Prefer the more helpful answer.', "createdById" FROM "Project"`,
  );
  await client.query(
    `INSERT INTO "ModelVersion" ("id", "projectId", "name", "kind", "artifactKind", "artifact")
     SELECT uuidv7(), p."id", m.name, 'base', 'reference', 'tiny'
     FROM "Project" p, (VALUES ('tiny'), ('tiny-later')) m(name)`,
  );
}

/** The number of a row decides what is drawn for it, so that two seedings of one size are alike. */
const draw = (n: string, salt: number, below: string) => `(abs(hashint4(${n} * 8 + ${salt}) % (${below}))::int)`;

async function seedPrompts(client: pg.Client, { prompts }: SeedSizes): Promise<void> {
  await client.query("CREATE TEMP TABLE words (t text)");
  await client.query("ALTER TABLE words ALTER t SET STORAGE PLAIN");
  // Texts are pieces of one that is short enough to be read in place.
  await client.query("INSERT INTO words VALUES ($1)", [SENTENCES.join("").repeat(6).slice(0, 4_500)]);
  await client.query(
    `CREATE TEMP TABLE seed_prompt AS
     SELECT n, uuidv7(make_interval(secs => (n - $1::int) * 30)) AS id, now() - make_interval(secs => ($1::int - n) * 30) AS at,
            'Question ' || n || ': ' || substr(w.t, 1 + ${draw("n", 1, "3000")}, 40 + ${draw("n", 2, "560")}) AS content
     FROM generate_series(1, $1::int) n, words w`,
    [prompts],
  );
  await client.query(
    `INSERT INTO "Prompt" ("id", "projectId", "taskType", "split", "source", "textHash", "normalizedHash", "createdAt")
     SELECT s.id, p."id", (ARRAY['general', 'writing', 'maths', 'code'])[1 + s.n % 4],
            CASE WHEN s.n % 10 = 0 THEN 'validation' ELSE 'train' END::"Split", 'written',
            encode(sha256(convert_to(s.content, 'UTF8')), 'hex'), encode(sha256(convert_to(lower(s.content), 'UTF8')), 'hex'), s.at
     FROM seed_prompt s, "Project" p`,
  );
  await client.query(
    `INSERT INTO "PromptMessage" ("promptId", "position", "role", "content")
     SELECT id, 0, 'user', content FROM seed_prompt`,
  );
  await client.query(
    `INSERT INTO "Completion" ("id", "projectId", "promptId", "origin", "content", "modelVersionId", "sampleIndex", "tokenCount", "createdAt")
     SELECT uuidv7(s.at - now()), p."id", s.id, 'generation',
            'Answer ' || s.n || '.' || m.side || ': ' || substr(w.t, 1 + ${draw("s.n", 3, "2500")}, 200 + ${draw("s.n + m.side", 4, "1400")}),
            m."id", 0, 200, s.at
     FROM seed_prompt s, "Project" p, words w,
          (SELECT "id", (row_number() OVER (ORDER BY "name"))::int AS side FROM "ModelVersion") m`,
  );
}

async function seedTasks(client: pg.Client, { tasks, labels }: SeedSizes): Promise<void> {
  const required = Math.ceil(labels / tasks) + OPEN_PLACES;
  await client.query(
    `INSERT INTO "Task" ("id", "projectId", "promptId", "kind", "requiredLabels", "createdById", "createdAt")
     SELECT uuidv7(s.at - now()), p."id", s.id, 'comparison', $2::int, p."createdById", s.at
     FROM seed_prompt s, "Project" p WHERE s.n <= $1::int`,
    [tasks, required],
  );
  await client.query(
    `INSERT INTO "TaskCompletion" ("taskId", "completionId", "position")
     SELECT t."id", c."id", (row_number() OVER (PARTITION BY t."id" ORDER BY c."id"))::int - 1
     FROM "Task" t JOIN "Completion" c ON c."promptId" = t."promptId"`,
  );
}

/** Labels of each task come from people beside each other in a ring, which begins at another place for each task. */
async function seedLabels(client: pg.Client, { tasks, labels, people }: SeedSizes): Promise<void> {
  const each = Math.floor(labels / tasks);
  if (each > people) throw new Error(`${people} people can't give ${each} labels to each task`);
  await client.query(
    `CREATE TEMP TABLE seed_person AS
     SELECT "userId" AS id, (row_number() OVER (ORDER BY "userId"))::int - 1 AS n FROM "Membership" WHERE "role" = 'annotator'`,
  );
  await client.query("CREATE UNIQUE INDEX ON seed_person (n)");
  await client.query(
    `CREATE TEMP TABLE seed_label AS
     SELECT uuidv7(make_interval(secs => -age.s)) AS id, now() - make_interval(secs => age.s) AS at,
            t."projectId", t."id" AS task_id, person.id AS person_id, t.n * 16 + k AS n, pair.first_id, pair.second_id
     FROM (SELECT "id", "projectId", "promptId", (row_number() OVER (ORDER BY "id"))::int AS n FROM "Task") t
     JOIN LATERAL (SELECT min("completionId"::text)::uuid AS first_id, max("completionId"::text)::uuid AS second_id
                   FROM "TaskCompletion" WHERE "taskId" = t."id") pair ON true
     CROSS JOIN generate_series(0, $1::int - 1) k
     CROSS JOIN LATERAL (SELECT 86400 + ${draw("t.n * 16 + k", 5, "2500000")} AS s) age
     JOIN seed_person person ON person.n = (${draw("t.n", 6, "$2::int")} + k) % $2::int`,
    [each, people],
  );
  await client.query(
    `INSERT INTO "Label" ("id", "projectId", "taskId", "annotatorId", "kind", "idempotencyKey", "guidelineVersionId", "durationMs", "createdAt")
     SELECT s.id, s."projectId", s.task_id, s.person_id, 'comparison', gen_random_uuid(), g."id", 4000 + ${draw("s.n", 7, "40000")}, s.at
     FROM seed_label s, "GuidelineVersion" g ORDER BY s.at`,
  );
  await client.query(
    `INSERT INTO "LabelPresentation" ("labelId", "completionId", "position")
     SELECT id, first_id, n % 2 FROM seed_label UNION ALL SELECT id, second_id, 1 - n % 2 FROM seed_label`,
  );
  await client.query(
    `INSERT INTO "ComparisonLabel" ("labelId", "outcome", "strength", "chosenCompletionId", "rejectedCompletionId")
     SELECT id, 'chosen', (ARRAY['significantly', 'clearly', 'slightly', 'negligibly'])[1 + ${draw("n", 0, "4")}]::"ComparisonStrength",
            CASE WHEN ${draw("n", 1, "10")} < 6 THEN first_id ELSE second_id END,
            CASE WHEN ${draw("n", 1, "10")} < 6 THEN second_id ELSE first_id END
     FROM seed_label`,
  );
  await client.query(
    `INSERT INTO "LabelWithdrawal" ("labelId", "userId", "createdAt")
     SELECT id, person_id, at + interval '1 minute' FROM seed_label WHERE ${draw("n", 2, "100")} = 0`,
  );
  await client.query(
    `CREATE TEMP TABLE seed_correction AS
     SELECT uuidv7(s.at + interval '5 minutes' - now()) AS new_id, s.* FROM seed_label s
     WHERE ${draw("n", 2, "100")} = 1`,
  );
  await client.query(
    `INSERT INTO "Label" ("id", "projectId", "taskId", "annotatorId", "kind", "idempotencyKey", "supersedesId", "durationMs", "createdAt")
     SELECT new_id, "projectId", task_id, person_id, 'comparison', gen_random_uuid(), id, 3000, at + interval '5 minutes'
     FROM seed_correction`,
  );
  await client.query(
    `INSERT INTO "LabelPresentation" ("labelId", "completionId", "position")
     SELECT new_id, first_id, n % 2 FROM seed_correction UNION ALL SELECT new_id, second_id, 1 - n % 2 FROM seed_correction`,
  );
  await client.query(`INSERT INTO "ComparisonLabel" ("labelId", "outcome") SELECT new_id, 'tie' FROM seed_correction`);
  // Who changes labels keeps this count; rows that are written past the site need it counted.
  await client.query(
    `UPDATE "Task" t SET "labelCount" = n.labels
     FROM (SELECT "taskId", count(*)::int AS labels FROM "LiveLabel" GROUP BY 1) n WHERE n."taskId" = t."id"`,
  );
}
