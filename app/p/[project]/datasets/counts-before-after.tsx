import { cx } from "@/app/components/class-names";
import { formatCount } from "@/app/components/format";
import { Table, Td, Th, Tr } from "@/app/components/table";
import type { Outputs } from "@/app/trpc-client";
import { LEFT_OUT_WORDS, type LeftOutReason } from "@/domain/datasets/ledger";

type Counts = Outputs["datasets"]["previewExclusion"]["before"];

/** What a version taken now would hold without and with the exclusion; rows that stay the same are pale. */
export function CountsBeforeAfter({ before, after }: { before: Counts; after: Counts }) {
  const both = (read: (counts: Counts) => number) => [read(before), read(after)] as const;
  const sum = (kind: "pairs" | "demonstrations" | "unpaired") =>
    both((counts) => counts[kind].train + counts[kind].validation);
  const leftOut = (reason: LeftOutReason) =>
    both((counts) => counts.leftOut.find((entry) => entry.reason === reason)?.count ?? 0);
  const reasons = new Set([...before.leftOut, ...after.leftOut].map(({ reason }) => reason));
  const rows: [label: string, counts: readonly [number, number]][] = [
    ["Labels used", both(({ used }) => used)],
    ...[...reasons].map(
      (reason) => [`Left out: ${LEFT_OUT_WORDS[reason]}`, leftOut(reason)] as [string, [number, number]],
    ),
    ["Preference pairs", sum("pairs")],
    ["Demonstrations", sum("demonstrations")],
    ["Unpaired completions", sum("unpaired")],
  ];
  return (
    <Table aria-label="What changes">
      <thead>
        <tr>
          <Th>A version created now</Th>
          <Th numeric>Before</Th>
          <Th numeric>After</Th>
          <Th numeric>Change</Th>
        </tr>
      </thead>
      <tbody>
        {rows
          .filter(([, [was, is]]) => was > 0 || is > 0)
          .map(([label, [was, is]]) => (
            <Tr key={label} className={cx(was === is && "text-faint")}>
              <Td>{label}</Td>
              <Td numeric>{formatCount(was)}</Td>
              <Td numeric>{formatCount(is)}</Td>
              <Td numeric className={cx(was !== is && "font-medium")}>
                {was === is ? "–" : `${is > was ? "+" : "−"}${formatCount(Math.abs(is - was))}`}
              </Td>
            </Tr>
          ))}
      </tbody>
    </Table>
  );
}
