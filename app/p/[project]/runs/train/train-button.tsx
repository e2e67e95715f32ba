"use client";

import { Sparkles } from "lucide-react";
import { useState } from "react";
import { Button, type ButtonLook } from "@/app/components/button";
import { TrainSheet } from "./train-sheet";

/** The product in one button. With a reward model it is about that one: PPO, scored by it. */
export function TrainButton({
  rewardModelId,
  variant = "primary",
  size,
}: {
  rewardModelId?: string;
} & ButtonLook) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant={variant} size={size} icon={<Sparkles />} onClick={() => setOpen(true)}>
        {rewardModelId ? "Train PPO with it" : "Train on latest labels"}
      </Button>
      <TrainSheet
        open={open}
        onOpenChange={setOpen}
        initialMethod={rewardModelId ? "ppo" : undefined}
        initialRewardId={rewardModelId}
      />
    </>
  );
}
