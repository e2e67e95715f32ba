import { PrismaPg } from "@prisma/adapter-pg";
import { inTurn } from "./in-turn";

type Adapter = Awaited<ReturnType<PrismaPg["connect"]>>;
type Transaction = Awaited<ReturnType<Adapter["startTransaction"]>>;

/**
 * Prisma's adapter for pg, which runs the queries of a transaction one after the other. Prisma reads the relations of
 * an `include` side by side, but a transaction has one connection: pg lets the second query wait, and warns that its
 * next major version will refuse it.
 */
export class OrderedAdapter extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => inOrder(await start(isolationLevel));
    return adapter;
  }
}

function inOrder(transaction: Transaction): Transaction {
  const queue = inTurn();
  const query = transaction.queryRaw.bind(transaction);
  const execute = transaction.executeRaw.bind(transaction);
  transaction.queryRaw = (statement) => queue(() => query(statement));
  transaction.executeRaw = (statement) => queue(() => execute(statement));
  return transaction;
}
