import type { ReactNode } from "react";
import { Logo } from "../components/logo";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-sm content-center gap-5 px-4 py-10">
      <p className="flex items-center gap-2 font-semibold text-lg">
        <Logo /> Tuneloop
      </p>
      {children}
    </main>
  );
}
