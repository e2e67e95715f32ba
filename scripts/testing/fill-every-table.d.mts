export function fillEveryTable(url: string): Promise<string[]>;
