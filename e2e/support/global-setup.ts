import { ensureBrowser } from "../../scripts/browser.mjs";

export default ensureBrowser;
