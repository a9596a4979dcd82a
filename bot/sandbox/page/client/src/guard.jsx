import { Component } from "react";
import { Unknown } from "./blocks/unknown.jsx";

// What cannot be drawn shows as such, and leaves all around it alone, until it changes.
export class Guard extends Component {
  state = { broken: false, what: null };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  static getDerivedStateFromProps({ what }, { what: last }) {
    return what === last ? null : { what, broken: false };
  }

  render() {
    const { what, kind, children } = this.props;
    return this.state.broken ? <Unknown what={what} kind={kind} broken /> : children;
  }
}
