"use client";

import Link from "next/link";
import { useState } from "react";
import { Button } from "@/app/components/button";
import { Input } from "@/app/components/form-fields";
import { formatCount, formatDuration } from "@/app/components/format";
import { Panel } from "@/app/components/panel";
import { ShareText } from "@/app/components/share-text";
import { sourceWords } from "@/app/components/source-words";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { LABEL_KIND_NAMES, labelKindSchema } from "@/domain/labels/kinds";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

type Annotators = Outputs["quality"]["get"]["annotators"];

const SHOWN = 25;

/** What each person has given, how fast, and whether side or length go along with the choice. */
export function AnnotatorTable({ annotators }: { annotators: Annotators }) {
  const { slug: project } = useProject();
  const [name, setName] = useState("");
  const [showsAll, setShowsAll] = useState(false);
  const found = annotators.filter((person) => person.name.toLowerCase().includes(name.trim().toLowerCase()));
  const shown = showsAll ? found : found.slice(0, SHOWN);
  const kinds = labelKindSchema.options.filter((kind) => annotators.some(({ counts }) => counts[kind]));
  return (
    <Panel title="People" flush>
      {annotators.length > SHOWN && (
        <div className="border-line border-b p-3">
          <Input
            className="w-56"
            type="search"
            aria-label="Search people"
            placeholder="Name"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
      )}
      <Table className="border-0">
        <thead>
          <tr>
            <Th>Person</Th>
            <Th numeric>Labels</Th>
            {kinds.map((kind) => (
              <Th key={kind} numeric>
                {LABEL_KIND_NAMES[kind]}
              </Th>
            ))}
            <Th numeric>Median time</Th>
            <Th numeric>Skipped</Th>
            <Th numeric>Flagged</Th>
            <Th title="Sides are shuffled, so about half of the choices should fall on the left">Chose the left one</Th>
            <Th title="Of the pairs that differ in length">Chose the longer one</Th>
          </tr>
        </thead>
        <tbody>
          {shown.map((person) => (
            <Tr key={person.id}>
              <Td className="min-w-40">
                {person.userId === null ? (
                  <>
                    <span className="font-medium">{person.name}</span>
                    <span className="text-muted">{sourceWords(person.source)}</span>
                  </>
                ) : (
                  <Link className="link font-medium" href={pathsOf(project).labels({ annotator: person.userId })}>
                    {person.name}
                  </Link>
                )}
              </Td>
              <Td numeric>{formatCount(person.total)}</Td>
              {kinds.map((kind) => (
                <Td key={kind} numeric className={person.counts[kind] ? undefined : "text-faint"}>
                  {formatCount(person.counts[kind] ?? 0)}
                </Td>
              ))}
              <Td numeric>{person.medianSeconds === null ? "–" : formatDuration(person.medianSeconds)}</Td>
              <Td numeric>{formatCount(person.skips)}</Td>
              <Td numeric>{formatCount(person.flagged)}</Td>
              <Td className="whitespace-nowrap">
                <ShareText share={person.choseLeft} />
              </Td>
              <Td className="whitespace-nowrap">
                <ShareText share={person.choseLonger} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
      <div className="flex items-center gap-4 px-3 py-2 text-muted empty:hidden">
        {found.length === 0 && <span>Nobody has this name.</span>}
        {found.length > shown.length && (
          <>
            <span>
              {formatCount(shown.length)} of {formatCount(found.length)} people shown, most labels first
            </span>
            <Button size="sm" onClick={() => setShowsAll(true)}>
              Show all
            </Button>
          </>
        )}
      </div>
    </Panel>
  );
}
