import Link from "next/link";
import { formatCount } from "@/app/components/format";
import { pathsOf } from "@/domain/paths";
import { useProject } from "../project-context";

/** How the prompts spread over what the model should be able to do: an unbalanced set trains an unbalanced model. */
export function TaskTypeBars({ types }: { types: { name: string; count: number }[] }) {
  const { slug } = useProject();
  const largest = Math.max(...types.map(({ count }) => count));
  return (
    <ul className="grid gap-x-8 gap-y-1 sm:grid-cols-2">
      {types.map(({ name, count }) => (
        <li key={name}>
          <Link
            href={pathsOf(slug).prompts({ taskType: name })}
            className="group grid grid-cols-[minmax(6rem,1fr)_2fr_2.5rem] items-center gap-3 rounded-sm py-0.5"
          >
            <span className="truncate group-hover:text-accent">{name}</span>
            <span aria-hidden className="h-2 rounded-sm bg-hover">
              <span
                className="block h-full rounded-sm bg-line-strong group-hover:bg-accent"
                style={{ width: `${(count / largest) * 100}%` }}
              />
            </span>
            <span className="text-right text-muted">{formatCount(count)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
