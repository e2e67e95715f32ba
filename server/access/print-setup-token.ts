import { database } from "../database/client";
import { settings } from "../settings";
import { makeSetupToken } from "./make-setup-token";

// Prints one line with the address where the first admin is created, or nothing. The start script runs this file with
// tsx.
const token = await makeSetupToken();
if (token) console.log(`${settings().siteUrl}/setup?token=${token}`);
await database().$disconnect();
