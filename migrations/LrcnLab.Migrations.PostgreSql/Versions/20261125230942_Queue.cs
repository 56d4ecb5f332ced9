using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LrcnLab.Migrations.PostgreSql.Versions
{
    /// <inheritdoc />
    public partial class Queue : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Runs_State_QueuedAt",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "JobId",
                table: "Runs");

            migrationBuilder.AddColumn<int>(
                name: "Priority",
                table: "Runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<double>(
                name: "QueueOrder",
                table: "Runs",
                type: "double precision",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.AddColumn<bool>(
                name: "Yields",
                table: "Runs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "SlotHolds",
                columns: table => new
                {
                    Node = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    Slot = table.Column<int>(type: "integer", nullable: false),
                    Since = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SlotHolds", x => new { x.Node, x.Slot });
                });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_State_Priority_QueueOrder",
                table: "Runs",
                columns: new[] { "State", "Priority", "QueueOrder" },
                descending: new[] { false, true, false });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "SlotHolds");

            migrationBuilder.DropIndex(
                name: "IX_Runs_State_Priority_QueueOrder",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Priority",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "QueueOrder",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "Yields",
                table: "Runs");

            migrationBuilder.AddColumn<string>(
                name: "JobId",
                table: "Runs",
                type: "character varying(100)",
                maxLength: 100,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Runs_State_QueuedAt",
                table: "Runs",
                columns: new[] { "State", "QueuedAt" });
        }
    }
}
