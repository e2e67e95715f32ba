"use client";

import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Button } from "@/app/components/button";
import { errorText } from "@/app/components/error-text";
import { Checkbox, Field, Input } from "@/app/components/form-fields";
import { Notice } from "@/app/components/notice";
import { useTRPC } from "@/app/trpc-client";
import { paths, pathsOf } from "@/domain/paths";
import { NewAccountFields } from "../new-account-fields";
import { signInWithPassword } from "../sign-in";

/** Makes the first admin, signs them in and, if wanted, loads the demo project. */
export function SetupForm({ token }: { token: string }) {
  const trpc = useTRPC();
  const createAdmin = useMutation(trpc.access.createFirstAdmin.mutationOptions());
  const createProject = useMutation(trpc.projects.create.mutationOptions());
  const [step, setStep] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function setUp(form: FormData) {
    const field = (name: string) => String(form.get(name) ?? "");
    const password = field("password");
    setStep("Creating your account…");
    const { email } = await createAdmin.mutateAsync({
      token: field("token"),
      name: field("name"),
      email: field("email"),
      password,
    });
    setStep("Signing in…");
    if ((await signInWithPassword(email, password)) !== null) return paths.login();
    if (!form.has("demo")) return paths.projects;
    setStep("Loading the demo project…");
    const { slug } = await createProject.mutateAsync({ name: "Demo assistant", description: "", demo: true });
    return pathsOf(slug).overview;
  }

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    setError(null);
    try {
      window.location.assign(await setUp(new FormData(event.currentTarget)));
    } catch (problem) {
      setError(errorText(problem));
      setStep(null);
    }
  }

  return (
    <form onSubmit={submit} className="grid gap-4">
      <div>
        <h1 className="font-semibold text-xl">Create the first admin</h1>
        <p className="mt-1 text-muted">
          As the first admin you run this instance: you create projects and invite people to them.
        </p>
      </div>
      {error && <Notice tone="bad">{error}</Notice>}
      {token ? (
        <input type="hidden" name="token" value={token} />
      ) : (
        <Field
          label="Set-up token"
          hint="The token was printed on the console where Tuneloop was started. It works once."
        >
          <Input name="token" required autoComplete="off" spellCheck={false} className="font-mono" />
        </Field>
      )}
      <NewAccountFields />
      <Checkbox
        name="demo"
        defaultChecked
        label="Load the demo project"
        hint="It has guidelines and prompts of several task types: everything you need to try the loop once."
      />
      <Button type="submit" variant="primary" busy={step !== null}>
        {step ?? "Create account"}
      </Button>
    </form>
  );
}
