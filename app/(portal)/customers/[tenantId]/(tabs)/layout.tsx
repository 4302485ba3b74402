import type { ReactNode } from 'react';
import { whyNot } from '#app/_server/context.ts';
import { reading } from '#app/_server/viewer.ts';
import { customerTexts as texts } from '#app/_texts/customer.ts';
import { frameTexts } from '#app/_texts/frame.ts';
import { Act } from '#app/_ui/act.tsx';
import { Chip } from '#app/_ui/chip.tsx';
import { Icon } from '#app/_ui/icon.tsx';
import { Live } from '#app/_ui/live.tsx';
import { ReasonButton } from '#app/_ui/reason-button.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import { isOpen } from '#lib/services/runs/rules.ts';
import { customerStamp, customerState } from '../../parts/customer-state.ts';
import { backUpNow } from '../actions.ts';
import { theCustomer, theLink } from '../parts/customer.ts';
import { RestoreMail, SearchMail } from '../parts/mail-acts.tsx';
import { Tabs } from '../parts/tabs.tsx';

/** Whose page it is, how they are, the two acts, and the tabs. Every tab asks its verbs for itself. */
export default async function CustomerLayout({
  params,
  children,
}: {
  params: Promise<{ tenantId: string }>;
  children: ReactNode;
}) {
  const { tenantId } = await params;
  const [customer, link] = await Promise.all([theCustomer(tenantId), theLink(tenantId)]);
  const { now } = await reading();
  const look = customerState(customer, now);
  const running = customer.lastRun !== null && isOpen(customer.lastRun.state);

  return (
    <>
      <TopBar
        crumbs={[
          { label: frameTexts.names.customers, href: paths.customers() },
          { label: customer.name },
        ]}
        chip={customer.initials}
        right={<Time at={now} as="clock" inside />}
      />
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-4 pb-2 max-sm:pb-0 sm:px-6">
        <span className="max-sm:hidden">
          <Chip text={customer.initials} />
        </span>
        <h1 className="text-xl font-semibold max-sm:sr-only">{customer.name}</h1>
        <Status kind={look.kind}>{look.word}</Status>
        <div className="ml-auto flex flex-wrap items-center gap-2 max-sm:hidden">
          <Live
            from={paths.customerProgress(tenantId)}
            stamp={customerStamp(customer, link)}
            text={<TimeIn say={texts.asOf} at={now} as="clock" inside />}
            everyMs={running ? 1000 : 5000}
          />
          <SearchMail customer={customer} />
          <BackUp customer={customer} running={running} />
          <RestoreMail customer={customer} />
        </div>
      </div>
      <Tabs
        label={texts.tabs.label}
        tabs={[
          { name: texts.tabs.overview, href: paths.customer(tenantId) },
          {
            name: texts.tabs.mailboxes,
            href: paths.customerMailboxes(tenantId),
            count: formatCount(customer.mailboxes),
          },
          { name: texts.tabs.runs, href: paths.customerRuns(tenantId) },
          { name: texts.tabs.restores, href: paths.customerRestores(tenantId) },
          { name: texts.tabs.policy, href: paths.customerPolicy(tenantId) },
          { name: texts.tabs.access, href: paths.customerAccess(tenantId) },
          { name: texts.tabs.connection, href: paths.customerConnection(tenantId) },
        ]}
      />
      {children}
    </>
  );
}

async function BackUp({ customer, running }: { customer: CustomerView; running: boolean }) {
  const reason =
    (await whyNot('backups.run')) ??
    (customer.state !== 'connected' ? texts.notConnected : running ? texts.runUnderWay : null);
  if (reason === null) {
    return (
      <Act action={backUpNow} fields={{ tenantId: customer.id }}>
        {texts.backUpNow}
      </Act>
    );
  }
  return (
    <ReasonButton name={texts.backUpNow} reason={reason}>
      {running ? (
        <>
          <Icon name="activity" className="size-3.5" />
          {texts.backingUp}
        </>
      ) : (
        texts.backUpNow
      )}
    </ReasonButton>
  );
}
