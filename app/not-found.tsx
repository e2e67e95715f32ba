import { ButtonLink } from "./components/button";
import { EmptyState } from "./components/empty-state";

export default function NotFound() {
  return (
    <main className="mx-auto max-w-xl px-4 py-16">
      <EmptyState title="Page not found" action={<ButtonLink href="/">Go to your projects</ButtonLink>}>
        This page does not exist, or it belongs to a project that you are not a member of.
      </EmptyState>
    </main>
  );
}
