"use client";

import { signIn } from "next-auth/react";
import { useState } from "react";
import { Button } from "@/app/components/button";

/** The other services through which one may sign in here; nothing where none is set up. */
export function ProviderButtons({
  providers,
  next,
  verb = "Continue",
}: {
  providers: { id: string; name: string }[];
  next: string;
  verb?: string;
}) {
  const [chosen, setChosen] = useState<string | null>(null);
  if (providers.length === 0) return null;
  return (
    <div className="grid gap-2 border-line border-t pt-4">
      {providers.map(({ id, name }) => (
        <Button
          key={id}
          busy={chosen === id}
          onClick={() => {
            setChosen(id);
            void signIn(id, { callbackUrl: next });
          }}
        >
          {verb} with {name}
        </Button>
      ))}
    </div>
  );
}
