"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { Outputs } from "@/app/trpc-client";

export type Project = Outputs["projects"]["get"];

const ProjectContext = createContext<Project | null>(null);

export function ProjectProvider({ project, children }: { project: Project; children: ReactNode }) {
  return <ProjectContext value={project}>{children}</ProjectContext>;
}

/** The project of the page: its slug goes into every call as `project`. */
export function useProject(): Project {
  const project = useContext(ProjectContext);
  if (!project) throw new Error("useProject outside /p/[project]");
  return project;
}
