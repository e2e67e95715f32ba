// `prisma migrate reset` and `prisma db seed` run this file. It inserts nothing: the first admin is created with the
// token that `npm start` prints, and may load the demo project there, so that no instance ever begins with a known
// password.
console.log("Nothing to seed: `npm start` prints the address where the first admin is created.");
