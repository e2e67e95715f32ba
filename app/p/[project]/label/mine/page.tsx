import type { Metadata } from "next";
import { MyLabels } from "./my-labels";

export const metadata: Metadata = { title: "My labels" };

export default function MyLabelsPage() {
  return <MyLabels />;
}
