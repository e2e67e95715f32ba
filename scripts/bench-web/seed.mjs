// Fills an instance's database with a project of the wished size, by SQL: a million labels take a few minutes. To measure a
// further page, add the rows that it reads here, and its calls in pages.mjs.
import { randomUUID } from "node:crypto";

/** The words that the made-up texts are drawn from. */
const WORDS =
  "the a of and to in is that for it as with on by this from at are be or an which have not was one can all their has there been if more when will would who so no out up into than its time only some could these two may then do first any my now such like our over me even most made after also did many before must through back years where much your way well down should because each just those people how too little state good very make world still own see men work long here get both between life being under never day same another know while last might us great old year off come since against go came right used take three";

/** A text of about `words` words, drawn anew for each row; `salt` names the columns that make it differ. */
const text = (words, salt) => `(
  SELECT string_agg(w.list[1 + (('x' || substr(md5(${salt} || n::text), 1, 8))::bit(32)::bigint % ${WORDS.split(" ").length})::int], ' ')
  FROM generate_series(1, ${words}) n, (SELECT string_to_array('${WORDS}', ' ') AS list) w)`;

/**
 * @param client a connected client of `pg`
 * @param sizes prompts, tasks (of the first prompts), labels (spread over the tasks and people), people
 */
export async function seed(client, { prompts, tasks, labels, people }, say) {
  const perTask = Math.floor(labels / tasks);
  const run = async (what, sql, values) => {
    const begun = performance.now();
    await client.query(sql, values);
    say(`  ${what}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  };
  const [admin, project, base, tuned] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  await client.query("SET synchronous_commit = off");
  await client.query(`CREATE UNLOGGED TABLE bench_people (place int PRIMARY KEY, id uuid NOT NULL)`);
  await client.query(
    `INSERT INTO "User" ("id", "email", "name", "instanceRole") VALUES ($1, 'admin@bench.example', 'Admin', 'admin')`,
    [admin],
  );
  await client.query(`INSERT INTO "Project" ("id", "slug", "name", "createdById") VALUES ($1, 'bench', 'Bench', $2)`, [
    project,
    admin,
  ]);
  await client.query(`INSERT INTO "Membership" ("projectId", "userId", "role") VALUES ($1, $2, 'admin')`, [
    project,
    admin,
  ]);
  await client.query(
    `INSERT INTO "GuidelineVersion" ("id", "projectId", "version", "markdown", "authorId") VALUES ($1, $2, 1, 'Choose the better one.', $3)`,
    [randomUUID(), project, admin],
  );
  await run(
    "people",
    `INSERT INTO bench_people SELECT place, gen_random_uuid() FROM generate_series(0, ${people - 1}) place`,
  );
  await client.query(
    `INSERT INTO "User" ("id", "email", "name") SELECT id, 'person' || place || '@bench.example', 'Person ' || place FROM bench_people`,
  );
  await client.query(
    `INSERT INTO "Membership" ("projectId", "userId", "role") SELECT $1, id, 'annotator' FROM bench_people`,
    [project],
  );
  for (const [id, name] of [
    [base, "base"],
    [tuned, "DPO run 1"],
  ])
    await client.query(
      `INSERT INTO "ModelVersion" ("id", "projectId", "name", "kind", "artifactKind", "artifact") VALUES ($1, $2, $3, 'policy', 'reference', 'tiny')`,
      [id, project, name],
    );
  // Ids are those of the hour before, in the order of the rows, as the site makes them (UUID version 7).
  await client.query(`CREATE FUNCTION bench_id(place bigint) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - 3600000 + place), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
      || '8' || substr(md5(random()::text), 1, 15))::uuid $$`);
  await run(
    "prompts",
    `
    CREATE UNLOGGED TABLE bench_prompts AS
    SELECT place, bench_id(place * 30) AS id, ${text(40, "'p' || place")} AS content FROM generate_series(1, ${prompts}) place`,
  );
  await client.query(
    `
    INSERT INTO "Prompt" ("id", "projectId", "taskType", "split", "source", "textHash", "normalizedHash", "createdAt")
    SELECT id, $1, (ARRAY['general', 'coding', 'math', 'writing'])[1 + place % 4],
      (CASE WHEN place % 20 = 0 THEN 'validation' ELSE 'train' END)::"Split", 'imported', md5(content), md5(content),
      now() - interval '1 hour' + place * interval '30 milliseconds'
    FROM bench_prompts`,
    [project],
  );
  await client.query(
    `INSERT INTO "PromptMessage" ("promptId", "position", "role", "content") SELECT id, 0, 'user', content FROM bench_prompts`,
  );
  await run(
    "completions",
    `
    CREATE UNLOGGED TABLE bench_completions AS
    SELECT p.place, side, bench_id(p.place * 30 + 5 + side) AS id, p.id AS prompt, ${text("60 + (p.place % 120)::int", "'c' || side || p.place")} AS content
    FROM bench_prompts p, generate_series(0, 1) side`,
  );
  await client.query(
    `
    INSERT INTO "Completion" ("id", "projectId", "promptId", "origin", "content", "modelVersionId", "tokenCount")
    SELECT id, $1, prompt, 'generation', content, CASE side WHEN 0 THEN $2::uuid ELSE $3::uuid END, length(content) / 4 FROM bench_completions`,
    [project, base, tuned],
  );
  // Every task wants one label more than it has, so all of them are open.
  await run(
    "tasks",
    `
    CREATE UNLOGGED TABLE bench_tasks AS SELECT place, bench_id(place * 30 + 10) AS id, id AS prompt FROM bench_prompts WHERE place <= ${tasks}`,
  );
  await client.query(
    `
    INSERT INTO "Task" ("id", "projectId", "promptId", "kind", "requiredLabels", "createdById", "createdAt")
    SELECT id, $1, prompt, 'comparison', ${perTask + 1}, $2, now() - interval '30 minutes' + place * interval '1 millisecond' FROM bench_tasks`,
    [project, admin],
  );
  await client.query(`
    INSERT INTO "TaskCompletion" ("taskId", "completionId", "position")
    SELECT t.id, c.id, c.side FROM bench_tasks t JOIN bench_completions c ON c.place = t.place`);
  await run(
    "labels",
    `
    CREATE UNLOGGED TABLE bench_labels AS
    SELECT bench_id(t.place * 30 + 11 + turn) AS id, t.id AS task, t.place, turn, p.id AS person
    FROM bench_tasks t CROSS JOIN generate_series(0, ${perTask - 1}) turn JOIN bench_people p ON p.place = (t.place * 7 + turn * ${Math.max(1, Math.floor(people / perTask))}) % ${people}`,
  );
  await run(
    "label rows",
    `
    INSERT INTO "Label" ("id", "projectId", "taskId", "annotatorId", "kind", "idempotencyKey", "durationMs", "createdAt")
    SELECT id, '${project}', task, person, 'comparison', gen_random_uuid(), 4000 + (place * turn) % 20000,
      now() - interval '30 days' + (place * ${perTask} + turn) * interval '2 seconds' FROM bench_labels`,
  );
  await run(
    "presentations",
    `
    INSERT INTO "LabelPresentation" ("labelId", "completionId", "position")
    SELECT l.id, c.id, CASE WHEN (l.place + l.turn) % 2 = 0 THEN c.side ELSE 1 - c.side END FROM bench_labels l JOIN bench_completions c ON c.place = l.place`,
  );
  // Two in three prefer the tuned model; one in ten calls it a tie.
  await run(
    "answers",
    `
    INSERT INTO "ComparisonLabel" ("labelId", "outcome", "strength", "chosenCompletionId", "rejectedCompletionId")
    SELECT l.id, (CASE WHEN tied THEN 'tie' ELSE 'chosen' END)::"ComparisonOutcome",
      CASE WHEN NOT tied THEN (ARRAY['significantly', 'clearly', 'slightly', 'negligibly'])[1 + (l.place + l.turn) % 4]::"ComparisonStrength" END,
      CASE WHEN NOT tied THEN CASE WHEN prefers THEN b.id ELSE a.id END END, CASE WHEN NOT tied THEN CASE WHEN prefers THEN a.id ELSE b.id END END
    FROM (SELECT *, (place * 31 + turn * 17) % 10 = 0 AS tied, (place * 13 + turn * 5) % 3 > 0 AS prefers FROM bench_labels) l
    JOIN bench_completions a ON a.place = l.place AND a.side = 0 JOIN bench_completions b ON b.place = l.place AND b.side = 1`,
  );
  await keptCounts(client);
  const { rows } = await client.query("SELECT id FROM bench_people ORDER BY place");
  await client.query(
    "DROP TABLE bench_labels, bench_tasks, bench_completions, bench_prompts, bench_people; DROP FUNCTION bench_id",
  );
  await run("vacuum analyze", "VACUUM ANALYZE");
  return {
    slug: "bench",
    projectId: project,
    adminId: admin,
    people: rows.map(({ id }) => id),
    requiredLabels: perTask + 1,
  };
}

/** Fills what the site's writers keep, where rows came by SQL. */
async function keptCounts(client) {
  const { rows } = await client.query(
    `SELECT 1 FROM information_schema.columns WHERE table_name = 'Task' AND column_name = 'labelCount'`,
  );
  if (rows.length)
    await client.query(
      `UPDATE "Task" t SET "labelCount" = n.labels FROM (SELECT "taskId", count(*) AS labels FROM "LiveLabel" GROUP BY 1) n WHERE n."taskId" = t."id"`,
    );
}
