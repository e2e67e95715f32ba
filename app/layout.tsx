import "./globals.css";
import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { THEME_COOKIE, themeSchema } from "./components/theme";
import { Providers } from "./providers";

export const metadata: Metadata = {
  title: { default: "Tuneloop", template: "%s · Tuneloop" },
  description: "Turns what people prefer into a better language model.",
  robots: { index: false },
};
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/** Reading the headers makes every page dynamic, as a nonce for each request needs: a prerendered page would get none. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce");
  const theme = themeSchema.catch("system").parse((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme === "system" ? undefined : theme}>
      <body className="font-sans">
        <Providers nonce={nonce}>{children}</Providers>
      </body>
    </html>
  );
}
