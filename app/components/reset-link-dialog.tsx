import { Button } from "./button";
import { Dialog } from "./dialog";
import { errorText } from "./error-text";
import { Notice } from "./notice";
import { RelativeTime } from "./relative-time";
import { SecretLink } from "./secret-link";

/** Asks before a link for a new password is made, and shows it once. */
export function ResetLinkDialog(props: {
  name: string;
  make: { data?: { path: string; expiresAt: Date }; error: unknown; isPending: boolean };
  onMake: () => void;
  onOpenChange: (open: boolean) => void;
}) {
  const { name, make, onMake, onOpenChange } = props;
  return (
    <Dialog
      open
      onOpenChange={onOpenChange}
      title={`New password for ${name}`}
      description="Whoever opens the link can set the password, so give it to this person only."
      footer={
        make.data ? (
          <Button onClick={() => onOpenChange(false)}>Done</Button>
        ) : (
          <Button variant="primary" busy={make.isPending} onClick={onMake}>
            Make the link
          </Button>
        )
      }
    >
      <div className="grid gap-3">
        {make.error ? <Notice tone="bad">{errorText(make.error)}</Notice> : null}
        {make.data ? (
          <>
            <SecretLink path={make.data.path} label="Reset link" />
            <p className="text-muted">
              The link works once and expires <RelativeTime date={make.data.expiresAt} />; it also ends if your own
              rights or password change. It will not be shown again.
            </p>
          </>
        ) : (
          <p>Any earlier link stops working. The current password stays valid until a new one is set.</p>
        )}
      </div>
    </Dialog>
  );
}
