import { notBuilt } from "../api/not-built";
export async function createProject(_input: {
  userId: string;
  name: string;
  description: string;
  demo: boolean;
}): Promise<{ slug: string }> {
  return notBuilt("createProject");
}
