export interface DumpManifest {
  migrations: string[];
  counts: Record<string, number>;
}
export function dumpDatabase(url: string, folder: string): Promise<DumpManifest>;
export function loadDatabase(url: string, folder: string, manifest: DumpManifest): Promise<void>;
