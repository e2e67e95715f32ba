import { expect, it } from "vitest";
import { KNOWN_SHAPES } from "@/domain/models/known-shapes";
import { openModelFiles } from "./load-model-files";

it("the tiny base has the shape that the sheet is told", async () => {
  const { config, tensors } = await openModelFiles("tiny");
  await tensors.close();
  const { gatedMlp: _, ...shape } = KNOWN_SHAPES.tiny ?? {};
  expect(config).toMatchObject(shape);
});
