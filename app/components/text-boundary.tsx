"use client";

import { Component, type ReactNode } from "react";

interface Props {
  /** The text that is drawn: another one gets another chance. */
  text: string;
  /** What stands in the place of a text whose drawing failed. */
  fallback: ReactNode;
  children: ReactNode;
}

/** Keeps a text whose drawing fails from taking the page with it, and the ways out of the page with that. */
export class TextBoundary extends Component<Props, { failed: boolean }> {
  override state: { failed: boolean } = { failed: false };

  static getDerivedStateFromError = () => ({ failed: true });

  override componentDidUpdate({ text }: Props): void {
    if (this.state.failed && text !== this.props.text) this.setState({ failed: false });
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
