-- CreateEnum
CREATE TYPE "CheckpointRetention" AS ENUM ('all', 'last', 'none');

-- AlterTable
ALTER TABLE "Project" ADD COLUMN     "checkpointRetention" "CheckpointRetention" NOT NULL DEFAULT 'last';
