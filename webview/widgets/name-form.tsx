/** A field for a name and the button that does something with it, such as save it. Enter does the same. */
import { useSignal } from '@preact/signals';
import { TextButton } from '../toolkit';

interface NameFormProps {
  readonly label: string;
  readonly placeholder: string;
  readonly testId: string;
  readonly button: { readonly label: string; readonly testId: string };
  /** Gets the name without the space around it, which is never empty. The field is empty by then. */
  readonly onName: (name: string) => void;
}

const LONGEST = 200;

export function NameForm({ label, placeholder, testId, button, onName }: NameFormProps) {
  const name = useSignal('');
  const done = () => {
    const text = name.peek().trim();
    if (!text) return;
    name.value = '';
    onName(text);
  };
  return (
    <form
      class="popover-line form"
      onSubmit={(event) => {
        event.preventDefault();
        done();
      }}
    >
      <input
        type="text"
        aria-label={label}
        placeholder={placeholder}
        maxLength={LONGEST}
        value={name.value}
        data-testid={testId}
        onInput={({ currentTarget }) => {
          name.value = currentTarget.value;
        }}
      />
      <TextButton testId={button.testId} onClick={done}>
        {button.label}
      </TextButton>
    </form>
  );
}
