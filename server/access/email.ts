import { z } from "zod";

/** Emails are kept in lower case: one address, one account. */
export const emailSchema = z.string().trim().toLowerCase().pipe(z.email("this is not an email address").max(254));
