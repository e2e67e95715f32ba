"use client";

import { Sparkles } from "lucide-react";
import { useState } from "react";
import { Button, type ButtonLook } from "@/app/components/button";
import { TrainSheet } from "./train-sheet";

/** The product in one button. */
export function TrainButton({ project, variant = "primary", size }: { project: string } & ButtonLook) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant={variant} size={size} icon={<Sparkles />} onClick={() => setOpen(true)}>
        Train on latest labels
      </Button>
      <TrainSheet project={project} open={open} onOpenChange={setOpen} />
    </>
  );
}
