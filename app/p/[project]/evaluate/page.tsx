import type { Metadata } from "next";
import { EvaluationList } from "./evaluation-list";

export const metadata: Metadata = { title: "Evaluate" };

export default function EvaluatePage() {
  return <EvaluationList />;
}
