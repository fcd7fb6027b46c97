-- The sandbox's tables. Amounts are hundredths, instants microseconds UTC, both INTEGER.

create table clock (
    one     integer primary key check (one = 1),
    mode    text not null check (mode in ('frozen', 'wall')),
    value   integer not null,                       -- the instant, or the offset from the machine's clock
    floor   integer not null,                       -- the clock never shows less
    anchor  integer not null                        -- what `now` means in the dates of the campaigns file
) strict;

create table profile (
    id             integer primary key,
    integration_id text not null unique,
    created        integer not null,
    last_activity  integer not null,
    attributes     text not null check (json_type(attributes) = 'object')
) strict;

create table audience (
    id             integer primary key autoincrement,  -- the id of a deleted one is not given again
    name           text not null,
    integration    text,
    integration_id text,
    created        integer not null,
    document       text not null default '{}' check (json_type(document) = 'object'),
    unique (integration, integration_id)
) strict;

create table audience_member (
    audience_id integer not null references audience,
    profile_id  integer not null references profile,
    joined      integer not null,
    primary key (audience_id, profile_id)
) strict, without rowid;
create index audience_member_by_profile on audience_member (profile_id);

create table program_member (
    program_id integer not null,
    profile_id integer not null references profile,
    joined     integer not null,
    primary key (profile_id, program_id)
) strict, without rowid;

create table card (
    id             integer primary key,
    program_id     integer not null,
    identifier     text not null,
    status         text not null check (status in ('active', 'inactive', 'blocked')),
    block_reason   text,
    users_limit    integer not null check (users_limit >= 0),
    created        integer not null,
    modified       integer not null,
    old_identifier text,
    new_identifier text,
    batch_id       text,
    unique (identifier, program_id)
) strict;

create table card_holder (
    card_id    integer not null references card,
    profile_id integer not null references profile,
    linked     integer not null,
    primary key (card_id, profile_id)
) strict, without rowid;
create index card_holder_by_profile on card_holder (profile_id);

-- One ledger: the main one (subledger '') or a subledger of a profile or of a card in a program.
create table account (
    id         integer primary key,
    program_id integer not null,
    profile_id integer references profile,
    card_id    integer references card,
    subledger  text not null,
    check ((profile_id is null) <> (card_id is null)),
    unique (profile_id, program_id, subledger),
    unique (card_id, program_id, subledger)
) strict;

-- An addition is a lot. `starts` null: at once; `expires` null: never; `awaits`: no window until it is activated.
create table entry (
    id         integer primary key,
    uuid       text not null unique,
    account    integer not null references account,
    kind       text not null check (kind in ('addition', 'subtraction')),
    cause      text not null check (cause in ('earn', 'spend', 'rollback')),
    origin     text not null check (origin in ('session', 'manual', 'import')),
    amount     integer not null check (amount > 0),
    created    integer not null,
    starts     integer,
    expires    integer,
    awaits     integer not null default 0 check (awaits in (0, 1)),
    validity   text,
    negative   integer not null default 0 check (negative in (0, 1)),
    undoes     integer references entry,
    source     integer references entry,
    session_id integer references session,
    store      text,
    name       text not null,
    ruleset_id integer,
    rule_name  text,
    check (cause <> 'earn' or kind = 'addition'),
    check (cause <> 'spend' or kind = 'subtraction'),
    check ((cause = 'rollback') = (undoes is not null)),
    check (kind = 'addition' or (starts is null and expires is null and awaits = 0 and source is null)),
    check (kind = 'addition' or validity is null),
    check (kind = 'subtraction' or negative = 0),
    check (awaits = 0 or starts is null)
) strict;
create index entry_by_account on entry (account, created, id);
create index entry_by_session on entry (session_id) where session_id is not null;
create index entry_negative on entry (account) where negative = 1;
-- A spend is given back once for each lot that it drew on.
create unique index entry_reimbursed_once on entry (undoes, source) where kind = 'addition' and undoes is not null;

-- Which subtraction took how much of which lot.
create table draw (
    lot         integer not null references entry,
    subtraction integer not null references entry,
    amount      integer not null check (amount > 0),
    at          integer not null,
    primary key (lot, subtraction)
) strict, without rowid;
create index draw_by_subtraction on draw (subtraction);

-- When an awaited lot got its window; a later row moves the expiry of any lot.
create table activation (
    id      integer primary key,
    lot     integer not null references entry,
    at      integer not null,
    expires integer
) strict;
create index activation_by_lot on activation (lot, at, id);

-- A deleted transaction: hidden in every figure, past ones too.
create table void (
    entry integer primary key references entry,
    at    integer not null
) strict;

create trigger entry_fixed_u before update on entry begin select raise(abort, 'the ledger is append-only'); end;
create trigger entry_fixed_d before delete on entry begin select raise(abort, 'the ledger is append-only'); end;
create trigger draw_fixed_u before update on draw begin select raise(abort, 'the ledger is append-only'); end;
create trigger draw_fixed_d before delete on draw begin select raise(abort, 'the ledger is append-only'); end;
create trigger activation_fixed_u before update on activation
    begin select raise(abort, 'the ledger is append-only'); end;
create trigger activation_fixed_d before delete on activation
    begin select raise(abort, 'the ledger is append-only'); end;
create trigger void_fixed_u before update on void begin select raise(abort, 'the ledger is append-only'); end;
create trigger void_fixed_d before delete on void begin select raise(abort, 'the ledger is append-only'); end;

create trigger draw_fits before insert on draw begin
    select raise(abort, 'a draw joins a subtraction and a lot of one ledger, and precedes neither')
    where not exists (
        select 1 from entry lot, entry sub
        where lot.id = new.lot and sub.id = new.subtraction and lot.kind = 'addition' and sub.kind = 'subtraction'
          and lot.account = sub.account and new.at >= lot.created and new.at >= sub.created);
    select raise(abort, 'a lot is not drawn beyond its amount')
    where new.amount + coalesce((select sum(amount) from draw where lot = new.lot), 0)
        > (select amount from entry where id = new.lot);
    select raise(abort, 'a subtraction draws no more than its amount')
    where new.amount + coalesce((select sum(amount) from draw where subtraction = new.subtraction), 0)
        > (select amount from entry where id = new.subtraction);
end;
create trigger activation_of_lot before insert on activation begin
    select raise(abort, 'only a lot is activated, and not before it exists')
    where not exists (select 1 from entry where id = new.lot and kind = 'addition' and created <= new.at);
end;

-- The lots with something left in the order in which they are spent, kept by triggers alone: an index, never a
-- source of figures. `never` expires; then `expires` is 0.
create table open_lot (
    account integer not null,
    never   integer not null check (never in (0, 1)),
    expires integer not null,
    created integer not null,
    lot     integer not null references entry,
    primary key (account, never, expires, created, lot)
) strict, without rowid;
create unique index open_lot_by_lot on open_lot (lot);
create trigger open_lot_added after insert on entry when new.kind = 'addition' begin
    insert into open_lot values (new.account, new.expires is null, coalesce(new.expires, 0), new.created, new.id);
end;
create trigger open_lot_used after insert on draw begin
    delete from open_lot
    where lot = new.lot
      and (select amount from entry where id = new.lot) = (select sum(amount) from draw where lot = new.lot);
end;
create trigger open_lot_moved after insert on activation begin
    update open_lot set never = new.expires is null, expires = coalesce(new.expires, 0) where lot = new.lot;
end;
create trigger open_lot_void after insert on void begin
    delete from open_lot where lot = new.entry;
end;

create view live_entry as
    select * from entry where not exists (select 1 from void where void.entry = entry.id);
create view live_draw as
    select * from draw where not exists (select 1 from void where void.entry in (draw.lot, draw.subtraction));

create table coupon (
    id                integer primary key,
    code              text not null unique,
    campaign_id       integer not null,
    created           integer not null,
    usage_limit       integer not null default 0 check (usage_limit between 0 and 999999),
    discount_limit    integer check (discount_limit >= 0),
    reservation_limit integer check (reservation_limit between 0 and 999999),
    starts            integer,
    expires           integer,
    recipient         text,
    mandatory         integer not null default 0 check (mandatory in (0, 1)),
    implicit          integer not null default 0 check (implicit in (0, 1)),
    reservable        integer not null default 1 check (reservable in (0, 1)),
    batch_id          text,
    attributes        text not null default '{}' check (json_type(attributes) = 'object')
) strict;

create table reservation (
    coupon_id  integer not null references coupon,
    profile_id integer not null references profile,
    at         integer not null,
    primary key (coupon_id, profile_id)
) strict, without rowid;
create index reservation_by_profile on reservation (profile_id);

-- A coupon used by a closed session; a counter is the number of rows not undone, never stored.
create table redemption (
    id          integer primary key,
    coupon_id   integer not null references coupon,
    campaign_id integer not null,
    session_id  integer not null references session,
    closing     integer not null,
    profile_id  integer references profile,
    at          integer not null,
    discount    integer not null default 0,
    undone      integer
) strict;
create unique index redemption_once on redemption (coupon_id, session_id) where undone is null;
create index redemption_by_profile on redemption (profile_id);
create index redemption_by_campaign on redemption (campaign_id);
create index redemption_by_session on redemption (session_id);

create table session (
    id             integer primary key,
    integration_id text not null unique,
    profile_id     integer references profile,
    state          text not null check (state in ('open', 'closed', 'partially_returned', 'cancelled')),
    created        integer not null,
    updated        integer not null,
    update_count   integer not null check (update_count >= 1),
    first_session  integer not null check (first_session in (0, 1)),
    closings       integer not null default 0,      -- how often it has been closed
    shown          integer not null default 1,      -- the closing whose effects are the current ones
    item_total     integer not null,
    cost_total     integer not null,
    item_cost_total integer not null,
    document       text not null check (json_type(document) = 'object')
) strict;
create index session_by_profile on session (profile_id);

-- The effects of a session by closing. Of `value` hundredths, `undone` have been asked back, `taken` were got.
-- Given for the whole cart, or, by a return that ran the rules again, for the units left `after_return`.
create table session_effect (
    id           integer primary key,
    session_id   integer not null references session,
    closing      integer not null,
    campaign_id  integer not null,
    type         text not null,
    envelope     text not null check (json_type(envelope) = 'object'),
    props        text not null check (json_type(props) = 'object'),
    value        integer not null default 0,
    undone       integer not null default 0 check (undone <= value),
    taken        integer not null default 0 check (taken <= value),
    finished     integer not null default 0 check (finished in (0, 1)),
    undoes       integer references session_effect,
    position     integer,
    sub_position integer,
    after_return integer references session_return
) strict;
create index session_effect_by_session on session_effect (session_id, closing);
create index session_effect_by_campaign on session_effect (campaign_id, type);

create table session_return (
    id         integer primary key,
    session_id integer not null references session,
    event_id   integer not null references event,
    created    integer not null,
    value      integer not null check (value >= 0)  -- of the items, before discounts
) strict;
create index session_return_by_session on session_return (session_id);

create table return_item (
    return_id integer not null references session_return,
    position  integer not null check (position >= 0),
    quantity  integer not null check (quantity >= 1),
    primary key (return_id, position)
) strict, without rowid;

create table event (
    id         integer primary key,
    created    integer not null,
    type       text not null,
    profile_id integer references profile,
    session_id integer references session,
    store      text,
    attributes text not null check (json_type(attributes) = 'object'),
    integration_id text unique
) strict;

create table idempotency (
    key       text primary key,
    operation text not null,
    body_hash text not null,
    at        integer not null,
    status    integer not null,
    answer    text,
    profiles  text not null check (json_type(profiles) = 'array')  -- whom the request was about: their internal ids
) strict, without rowid;
create index idempotency_by_age on idempotency (at);

create table referral (
    id          integer primary key,
    code        text not null unique,
    campaign_id integer not null,
    created     integer not null,
    usage_limit integer not null check (usage_limit between 0 and 999999),
    starts      integer,
    expires     integer,
    advocate    text not null,
    friend      text,
    attributes  text not null check (json_type(attributes) = 'object')
) strict;
create index referral_by_advocate on referral (advocate);

-- A referral used by a closed session; a counter is the number of rows not undone, never stored.
create table referral_redemption (
    id          integer primary key,
    referral_id integer not null references referral,
    session_id  integer not null references session,
    closing     integer not null,
    profile_id  integer not null references profile,
    at          integer not null,
    undone      integer
) strict;
create unique index referral_redemption_once on referral_redemption (referral_id, session_id) where undone is null;

create table giveaway (
    id         integer primary key,
    pool_id    integer not null,
    code       text not null,
    profile_id integer not null references profile,
    session_id integer references session,
    at         integer not null,
    unique (pool_id, code)
) strict;

-- Steps of customers towards achievements, in hundredths; progress and periods are read from them.
create table achievement_step (
    id             integer primary key,
    achievement_id integer not null,
    profile_id     integer not null references profile,
    session_id     integer references session,
    closing        integer not null,
    at             integer not null,
    delta          integer not null check (delta > 0),
    undone         integer
) strict;
create index achievement_step_by_profile on achievement_step (profile_id, achievement_id);

create table catalog_version (
    catalog_id integer primary key,
    version    integer not null,
    modified   integer not null
) strict;

create table catalog_item (
    id         integer primary key,
    catalog_id integer not null,
    sku        text not null,
    document   text not null check (json_type(document) = 'object'),
    unique (catalog_id, sku)
) strict;

create table price_observation (
    id    integer primary key,
    sku   text not null,
    at    integer not null,
    price integer not null check (price >= 0)
) strict;
create index price_observation_by_sku on price_observation (sku, at);
