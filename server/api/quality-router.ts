import { measureQuality } from "../quality/measure-quality";
import { projectAdmin, router } from "./trpc";

export const qualityRouter = router({
  get: projectAdmin.query(({ ctx }) => measureQuality(ctx.actor)),
});
