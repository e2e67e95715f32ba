import { describe, expect, it } from "vitest";
import { DomainError } from "@/domain/errors";
import type { InspectModel, ModelFact } from "@/domain/models/inspect-model";
import { database } from "../database/client";
import { addBaseModel } from "../models/add-base-model";
import { listModels } from "../models/list-models";
import { actorIn } from "../testing/actors";
import { withTestDatabase } from "../testing/test-database";
import { withTestQueue } from "../testing/test-loop";
import { makeProject, makeUser, writeModelFolder } from "../testing/test-rows";
import { getInspection } from "./get-inspection";
import { performInspection } from "./perform-inspection";
import { startInspection } from "./start-inspection";

withTestDatabase();
withTestQueue();

const never = new AbortController().signal;
const facts: ModelFact[] = [
  { about: "Positions", text: "rotary, base 10,000, not stretched", isNotice: false },
  { about: "Notice", text: "[PAD] (512) has no embedding", isNotice: true },
];

async function makeBase() {
  const admin = await makeUser("Ada");
  const project = await makeProject(admin);
  const actor = actorIn(project.id, admin.id);
  const folder = await writeModelFolder("mine");
  const { id } = await addBaseModel({ actor, reference: folder, name: "Mine" });
  return { actor, modelVersionId: id, folder };
}
type Base = Awaited<ReturnType<typeof makeBase>>;

const perform = async (base: Base, inspectModel: InspectModel) => {
  const inspection = await getInspection(base);
  if (!inspection) throw new Error("nobody asked for an inspection");
  await performInspection(inspection.id, { inspectModel, signal: never });
  return getInspection(base);
};
const listed = async ({ actor }: Base) => (await listModels(actor)).find(({ name }) => name === "Mine");

describe("an inspection", () => {
  it("is asked for when a base is added, and keeps what the trainer reads, in order", async () => {
    const base = await makeBase();
    expect(await getInspection(base)).toMatchObject({ status: "queued", facts: [] });
    const done = await perform(base, async ({ model, onProgress }) => {
      expect(model).toEqual({ model: base.folder });
      onProgress({ message: "Reading /models/mine" });
      return facts;
    });
    expect(done).toMatchObject({ status: "completed", activity: null, error: null, facts });
    expect(await listed(base)).toMatchObject({ noticeCount: 1, isUnreadable: false });
  });

  it("says why files can't be used, in the trainer's words, until they are read again", async () => {
    const base = await makeBase();
    const failed = await perform(base, async () => {
      throw new DomainError("model-unsupported", '/models/mine/config.json: "attention_bias" is true');
    });
    expect(failed).toMatchObject({ status: "failed", error: expect.stringContaining('"attention_bias" is true') });
    expect(await listed(base)).toMatchObject({ noticeCount: 0, isUnreadable: true });
    await startInspection(base);
    expect(await perform(base, async () => facts)).toMatchObject({ status: "completed", facts });
    expect(await listed(base)).toMatchObject({ noticeCount: 1, isUnreadable: false });
  });

  it("is under way once, however often a person asks", async () => {
    const base = await makeBase();
    const [first, second] = await Promise.all([startInspection(base), startInspection(base)]);
    expect(first).toEqual(second);
    expect(await database().modelInspection.count({ where: { modelVersionId: base.modelVersionId } })).toBe(1);
  });

  it("is nobody's who is no admin of the model's project", async () => {
    const [base, other] = [await makeBase(), await makeBase()];
    const across = { actor: other.actor, modelVersionId: base.modelVersionId };
    await expect(getInspection(across)).rejects.toMatchObject({ code: "model-not-found" });
    await expect(startInspection(across)).rejects.toMatchObject({ code: "model-not-found" });
  });
});
