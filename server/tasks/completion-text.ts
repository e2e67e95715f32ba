import { Prisma } from "@/generated/prisma/client";

/** The characters that `String.trim` takes away, so that SQL and the program call the same texts empty or equal. */
const WHITE_SPACE =
  " \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

/**
 * The text of a completion (as c) without the white space around it. People can't tell completions apart that are equal
 * by it, and a model can learn nothing from an empty one: training leaves these out, and their labels would be lost.
 */
export const completionText = Prisma.sql`btrim(c."content", ${WHITE_SPACE})`;
