import type { Metadata } from "next";
import { z } from "zod";
import { PageHeader } from "@/app/components/page-header";
import { Panel } from "@/app/components/panel";
import { pathsOf } from "@/domain/paths";
import { LabelDownloads } from "./label-downloads";
import { LabelRows } from "./label-rows";

export const metadata: Metadata = { title: "Labels" };

type Props = { params: Promise<{ project: string }>; searchParams: Promise<{ annotator?: string }> };

export default async function LabelsPage({ params, searchParams }: Props) {
  const { project } = await params;
  const annotatorId = z
    .uuid()
    .optional()
    .catch(undefined)
    .parse((await searchParams).annotator);
  return (
    <>
      <PageHeader
        title="Labels"
        about={annotatorId ? "What one person answered." : "What people answered, newest first."}
        trail={[{ label: "Tasks", href: pathsOf(project).tasks() }]}
      />
      <Panel>
        {!annotatorId && <LabelDownloads />}
        <LabelRows filter={{ annotatorId }} withPrompt />
      </Panel>
    </>
  );
}
