import { database } from "../database/client";
import { settings } from "../settings";
import { makeSetupToken } from "./make-setup-token";

// Run by the start script with tsx: prints one line with the address where the first admin is created, or nothing.
const token = await makeSetupToken();
if (token) console.log(`${settings().siteUrl}/setup?token=${token}`);
await database().$disconnect();
