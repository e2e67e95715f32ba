import { Field, Input } from "../components/form-fields";

/** Name, address and password of a new account; the address may be given by the invitation. */
export function NewAccountFields({ email }: { email?: string | null }) {
  return (
    <>
      <Field label="Your name" hint="Shown next to your labels.">
        <Input name="name" required maxLength={100} autoComplete="name" autoFocus />
      </Field>
      <Field label="Email" hint={email ? "The invitation is for this address." : undefined}>
        <Input
          name="email"
          type="email"
          required
          autoComplete="username"
          defaultValue={email ?? undefined}
          readOnly={Boolean(email)}
        />
      </Field>
      <Field label="Password" hint="At least 10 characters.">
        <Input name="password" type="password" required minLength={10} maxLength={200} autoComplete="new-password" />
      </Field>
    </>
  );
}
