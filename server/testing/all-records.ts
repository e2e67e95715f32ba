import { database } from "../database/client";
import { type BuiltRecords, buildRecords, countingLabels, toExcluded } from "../datasets/build-records";
import { LearnedContent, type LearnedRecord } from "../datasets/learned-content";
import { readExclusions, readSnapshot } from "../datasets/read-snapshot";
import { type RecordLine, recordLines } from "../datasets/record-lines";
import { Spool } from "../storage/spool";

/** All that a version would be made of, at once; a test has few labels. */
export async function readAll(projectId: string) {
  const excluded = toExcluded(await readExclusions(database(), projectId));
  const built: BuiltRecords = { records: [], ledger: [] };
  const all = { ...built, ...countingLabels(NO_TASK, excluded), lines: [] as RecordLine[] };
  for await (const tasks of readSnapshot(database(), projectId))
    for (const task of tasks) {
      const { records, ledger } = buildRecords(task, excluded);
      const { labels, leftOut } = countingLabels(task, excluded);
      all.records.push(...records);
      all.ledger.push(...ledger);
      all.labels.push(...labels);
      all.leftOut.push(...leftOut);
      all.lines.push(...(await recordLines(database(), records)));
    }
  return all;
}

const NO_TASK = {
  ...{ id: "", importId: null, sourceGroupId: null, promptId: "", split: "train" as const, taskType: "general" },
  ...{ isArchived: false, completionIds: [], criteria: [], labels: [] },
};

/** The hash and the order of records, as a version has them. */
export async function learnedContent<T extends LearnedRecord>(records: readonly T[], spool = new Spool()) {
  const content = new LearnedContent<T>(spool);
  for (const record of records) await content.add(record);
  const { files, hash } = await content.end();
  const ordered = [];
  for (const file of files) for await (const record of content.recordsOf(file)) ordered.push(record);
  return { ordered, hash };
}
