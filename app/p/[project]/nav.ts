import {
  Boxes,
  Database,
  FlaskConical,
  GraduationCap,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  MessagesSquare,
  Scale,
  Settings,
  SquareCheckBig,
  TextQuote,
  Users,
} from "lucide-react";

export type NavEntry = {
  /** Under /p/[project]; empty is the overview. */
  path: string;
  label: string;
  icon: LucideIcon;
  /** Goes there after G. */
  key: string;
  adminOnly: boolean;
};

export const NAV: NavEntry[] = [
  { path: "", label: "Overview", icon: LayoutDashboard, key: "O", adminOnly: true },
  { path: "label", label: "Label", icon: SquareCheckBig, key: "L", adminOnly: false },
  { path: "prompts", label: "Prompts", icon: TextQuote, key: "P", adminOnly: true },
  { path: "tasks", label: "Tasks", icon: ListChecks, key: "T", adminOnly: true },
  { path: "quality", label: "Quality", icon: Scale, key: "Q", adminOnly: true },
  { path: "datasets", label: "Datasets", icon: Database, key: "D", adminOnly: true },
  { path: "runs", label: "Runs", icon: FlaskConical, key: "R", adminOnly: true },
  { path: "models", label: "Models", icon: Boxes, key: "M", adminOnly: true },
  { path: "playground", label: "Playground", icon: MessagesSquare, key: "Y", adminOnly: true },
  { path: "evaluate", label: "Evaluate", icon: GraduationCap, key: "E", adminOnly: true },
  { path: "members", label: "Members", icon: Users, key: "B", adminOnly: true },
  { path: "settings", label: "Settings", icon: Settings, key: "S", adminOnly: true },
];
